/* A machine that fails when told to. Preloaded into a process, it stands before the C library; what is to fail is
 * said in a small file (FAULTS) that a test writes at any moment. Only files under FAULT_ROOT are concerned. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>

enum { FULL, READ_ONLY, BROKEN, SLOW_US, NO_NAMES, CLOCK_S, KNOBS };
static volatile int64_t nothing[KNOBS];
static volatile int64_t *said = nothing;
static char root[PATH_MAX];
static size_t root_length;

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("FAULTS"), *where = getenv("FAULT_ROOT");
  if (!file || !where) return;
  int (*theirs)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
  int fd = theirs(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  void *at = mmap(NULL, sizeof nothing, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (at == MAP_FAILED) return;
  snprintf(root, sizeof root, "%s", where);
  root_length = strlen(root);
  said = at;
}

static int is_ours(const char *path) {
  return root_length && path && !strncmp(path, root, root_length);
}

static int fd_is_ours(int fd) {
  char link[32], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_ours(path);
}

static int disk_is_at_fault(void) { return said[FULL] || said[READ_ONLY] || said[BROKEN] || said[SLOW_US]; }

/* 0, or the error of a change to an open file; waits where the disk is slow. */
static int fails_to_change(int fd, int grows) {
  if (!disk_is_at_fault()) return 0;
  int before = errno, ours = fd_is_ours(fd);
  errno = before;
  if (!ours) return 0;
  if (said[SLOW_US]) usleep(said[SLOW_US]);
  if (said[BROKEN]) return EIO;
  if (said[READ_ONLY]) return EROFS;
  return said[FULL] && grows ? ENOSPC : 0;
}

static int fails_to_change_path(const char *path) {
  if (!disk_is_at_fault() || !is_ours(path)) return 0;
  return said[BROKEN] ? EIO : said[READ_ONLY] ? EROFS : 0;
}

#define NEXT(name) \
  static __typeof__(&name) theirs; \
  if (!theirs) theirs = (__typeof__(&name))dlsym(RTLD_NEXT, #name)
#define REFUSE(error) do { int why = (error); if (why) { errno = why; return -1; } } while (0)

#define OPENS(name) \
  int name(const char *path, int flags, ...) { \
    NEXT(name); \
    mode_t mode = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); } \
    if (disk_is_at_fault() && is_ours(path)) { \
      if (said[BROKEN]) REFUSE(EIO); \
      int writes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC); \
      if (said[READ_ONLY] && writes && !((flags & O_CREAT) && (flags & O_ACCMODE) == O_RDONLY)) REFUSE(EROFS); \
      if (said[FULL] && flags & O_CREAT && access(path, F_OK)) REFUSE(ENOSPC); \
      if (said[FULL] && (flags & __O_TMPFILE) == __O_TMPFILE) REFUSE(ENOSPC); \
    } \
    return theirs(path, flags, mode); \
  }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name) \
  int name(int folder, const char *path, int flags, ...) { \
    NEXT(name); \
    mode_t mode = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); } \
    if ((flags & O_ACCMODE) != O_RDONLY) REFUSE(fails_to_change_path(path)); \
    return theirs(folder, path, flags, mode); \
  }
OPENS_AT(openat)
OPENS_AT(openat64)

ssize_t write(int fd, const void *from, size_t count) { NEXT(write); REFUSE(fails_to_change(fd, 1)); return theirs(fd, from, count); }
ssize_t writev(int fd, const struct iovec *from, int count) { NEXT(writev); REFUSE(fails_to_change(fd, 1)); return theirs(fd, from, count); }
ssize_t pwrite(int fd, const void *from, size_t count, off_t at) { NEXT(pwrite); REFUSE(fails_to_change(fd, 1)); return theirs(fd, from, count, at); }
ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at) { NEXT(pwrite64); REFUSE(fails_to_change(fd, 1)); return theirs(fd, from, count, at); }
int ftruncate(int fd, off_t to) { NEXT(ftruncate); REFUSE(fails_to_change(fd, 0)); return theirs(fd, to); }
int ftruncate64(int fd, off64_t to) { NEXT(ftruncate64); REFUSE(fails_to_change(fd, 0)); return theirs(fd, to); }
int posix_fallocate(int fd, off_t at, off_t count) { NEXT(posix_fallocate); int why = fails_to_change(fd, 1); return why ? why : theirs(fd, at, count); }
int fsync(int fd) { NEXT(fsync); REFUSE(fails_to_change(fd, 0)); return theirs(fd); }
int fdatasync(int fd) { NEXT(fdatasync); REFUSE(fails_to_change(fd, 0)); return theirs(fd); }

/* Reads fail on a broken disk alone; a slow one takes a twentieth of its time for them. */
static int fails_to_read(int fd) {
  if (!said[BROKEN] && !said[SLOW_US]) return 0;
  int before = errno, ours = fd_is_ours(fd);
  errno = before;
  if (!ours) return 0;
  if (said[SLOW_US]) usleep(said[SLOW_US] / 20);
  return said[BROKEN] ? EIO : 0;
}
ssize_t read(int fd, void *to, size_t count) { NEXT(read); REFUSE(fails_to_read(fd)); return theirs(fd, to, count); }
ssize_t pread(int fd, void *to, size_t count, off_t at) { NEXT(pread); REFUSE(fails_to_read(fd)); return theirs(fd, to, count, at); }
ssize_t pread64(int fd, void *to, size_t count, off64_t at) { NEXT(pread64); REFUSE(fails_to_read(fd)); return theirs(fd, to, count, at); }

int unlink(const char *path) { NEXT(unlink); REFUSE(fails_to_change_path(path)); return theirs(path); }
int rename(const char *from, const char *to) { NEXT(rename); REFUSE(fails_to_change_path(to)); return theirs(from, to); }
int mkdir(const char *path, mode_t mode) {
  NEXT(mkdir);
  REFUSE(fails_to_change_path(path));
  if (said[FULL] && is_ours(path)) REFUSE(ENOSPC);
  return theirs(path, mode);
}

int statvfs(const char *path, struct statvfs *to) {
  NEXT(statvfs);
  if (said[BROKEN] && is_ours(path)) REFUSE(EIO);
  int got = theirs(path, to);
  if (!got && said[FULL] && is_ours(path)) to->f_bavail = to->f_bfree = 0;
  return got;
}
int statvfs64(const char *path, struct statvfs64 *to) {
  NEXT(statvfs64);
  if (said[BROKEN] && is_ours(path)) REFUSE(EIO);
  int got = theirs(path, to);
  if (!got && said[FULL] && is_ours(path)) to->f_bavail = to->f_bfree = 0;
  return got;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **to) {
  NEXT(getaddrinfo);
  struct in6_addr number;
  if (said[NO_NAMES] && name && !inet_pton(AF_INET, name, &number) && !inet_pton(AF_INET6, name, &number))
    return EAI_AGAIN;
  return theirs(name, service, hints, to);
}

int clock_gettime(clockid_t which, struct timespec *to) {
  NEXT(clock_gettime);
  int got = theirs(which, to);
  if (!got && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) to->tv_sec += said[CLOCK_S];
  return got;
}
time_t time(time_t *to) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (to) *to = now.tv_sec;
  return now.tv_sec;
}
int gettimeofday(struct timeval *restrict to, void *restrict zone) {
  NEXT(gettimeofday);
  int got = theirs(to, zone);
  if (!got) to->tv_sec += said[CLOCK_S];
  return got;
}
