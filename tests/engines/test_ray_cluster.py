"""An archive on Ray: two nodes of one machine, of which one is killed; the end is what inline gives."""

from __future__ import annotations

import socket
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from newstext import archive_copies, archive_groups, engines, pipeline
from tests.engines import archived
from tests.engines.odd_work import do

ray = pytest.importorskip("ray", reason="Ray is not installed")
cluster_utils = pytest.importorskip("ray.cluster_utils")
pytestmark = [pytest.mark.ray, pytest.mark.slow]
# Given to a node, else it waits for its helpers for fifteen seconds only, which a busy machine overruns.
PORTS = ("metrics_agent_port", "metrics_export_port", "dashboard_agent_listen_port", "runtime_env_agent_port")

START_S = 120.0


def free_ports() -> dict[str, int]:
    sockets = [socket.socket() for _ in PORTS]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    found = {name: one.getsockname()[1] for name, one in zip(PORTS, sockets, strict=True)}
    for one in sockets:
        one.close()
    return found


@pytest.fixture(scope="module")
def cluster():
    """A cluster of two nodes with a processor each; its second node. The tests are in order: one of them kills it."""
    made = cluster_utils.Cluster(
        initialize_head=True, head_node_args={**free_ports(), "num_cpus": 1, "include_dashboard": False}
    )
    second = made.add_node(**free_ports(), num_cpus=1)
    ray.init(made.address)
    yield made, second
    ray.shutdown()
    made.shutdown()


def read(paths: list[Path], out: Path, **options) -> list:
    return list(pipeline.process_archive(paths, out, **options))


def files_of(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.jsonl"))}


def test_a_cluster_that_is_not_there_or_of_another_version_is_named(monkeypatch):
    def refuse(**_):
        raise RuntimeError("Version mismatch: the cluster has Ray 2.1")

    monkeypatch.setenv("RAY_ADDRESS", "head.example:6379")
    monkeypatch.setattr(ray, "init", refuse)
    with pytest.raises(ConnectionError, match=r"RAY_ADDRESS=head\.example:6379: Version mismatch"):
        list(engines.ray(do, ["a"]))


def test_what_kills_each_worker_that_takes_it_is_lost_by_name(cluster):
    before, lost, after = engines.ray(do, ["a", "die", "b"])
    assert (before, after) == ("a", "b")
    assert isinstance(lost, engines.Lost)
    assert "each time it was tried" in str(lost)
    with pytest.raises(ValueError, match="page 7"):
        list(engines.ray(do, ["fail"]))


def test_two_nodes_give_what_inline_gives_from_archive_to_stories(cluster, tmp_path):
    warcs = archived.write(tmp_path, files=4, events=4)
    read(warcs, tmp_path / "inline")
    archive_groups.group(str(tmp_path / "inline"), engines.inline)
    archive_copies.find(str(tmp_path / "inline"), engines.inline)
    assert engines.at_once(engines.ray) == 2
    results = read(warcs, tmp_path / "ray", engine=engines.ray, page_engine=engines.guarded, at_once=2)
    assert [result.problem for result in results] == [""] * 4
    archive_groups.group(str(tmp_path / "ray"), engines.ray)
    archive_copies.find(str(tmp_path / "ray"), engines.ray)
    found = files_of(tmp_path / "ray")
    assert set(found) == {
        *(f"{path.name}.jsonl" for path in warcs),
        "placements.jsonl",
        "stories.jsonl",
        "copies.jsonl",
    }
    assert found == files_of(tmp_path / "inline")


def test_an_archive_without_copies_has_an_empty_table_on_ray_too(cluster, tmp_path):
    (tmp_path / "a.warc").write_bytes(archived.tellings(0)[0].record())
    read([tmp_path / "a.warc"], tmp_path / "out")
    path, count = archive_copies.find(str(tmp_path / "out"), engines.ray)
    assert (Path(path).read_bytes(), count) == (b"", 0)


def test_a_node_killed_in_the_middle_loses_nothing_and_doubles_nothing(cluster, tmp_path):
    made, second = cluster
    warcs = archived.write(tmp_path, files=8, events=60, every=timedelta(hours=1))
    out = tmp_path / "out"
    until = time.monotonic() + START_S
    while len(set(engines.ray(do, ["pid later"] * 4))) < 2:  # from here on both nodes have a worker
        assert time.monotonic() < until, "one node does all"

    def kill() -> None:
        while len(list(out.glob("*.part"))) < 2:  # both nodes have begun
            time.sleep(0.01)
        made.remove_node(second, allow_graceful=False)

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    results = read(warcs, out, engine=engines.ray, at_once=2)
    killer.join(5)
    assert not killer.is_alive(), "nothing was killed"
    assert [result.problem for result in results] == [""] * 8
    told = [one.url for event in range(8 * 60) for one in archived.tellings(event, every=timedelta(hours=1))]
    assert sorted(row["url"] for row in archived.rows(out)) == sorted(told)
    assert all(result.was_done for result in read(warcs, out))
    assert not list(out.glob("*.part"))
