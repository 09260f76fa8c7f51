// The proof of work of a comment's form (comments/proof.py): begun when a reader writes, in slices that are not felt.
"use strict";
(() => {
  const K = [], H = [];
  const root = (n, power) => Math.floor((n ** power % 1) * 2 ** 32);
  for (let n = 2; K.length < 64; n += 1) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) isPrime = false;
    if (isPrime) { if (H.length < 8) H.push(root(n, 1 / 2)); K.push(root(n, 1 / 3)); }
  }
  const w = new Int32Array(64);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  const round = (state, block) => {
    for (let i = 0; i < 16; i += 1) w[i] = block.getInt32(i * 4);
    for (let i = 16; i < 64; i += 1) {
      const a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    return [a, b, c, d, e, f, g, h].map((x, i) => (x + state[i]) | 0);
  };
  // SHA-256 of ASCII text; crypto.subtle is missing on plain http, and slower for so short a text.
  const sha256 = (text) => {
    const size = text.length, blocks = (size + 9 + 63) >> 6, bytes = new Uint8Array(blocks * 64);
    for (let i = 0; i < size; i += 1) bytes[i] = text.charCodeAt(i);
    bytes[size] = 0x80;
    new DataView(bytes.buffer).setUint32(blocks * 64 - 4, size * 8);
    let state = H;
    for (let i = 0; i < blocks; i += 1) state = round(state, new DataView(bytes.buffer, i * 64, 64));
    return state;
  };
  const work = (field) => {
    const form = field.form, start = form.elements.started.value, bits = Number(field.dataset.bits);
    const salt = Array.from(crypto.getRandomValues(new Uint8Array(8)), (x) => x.toString(16).padStart(2, "0")).join("");
    const done = [];
    let count = 0;
    const slice = () => {
      const until = performance.now() + 12;
      while (performance.now() < until) {
        for (let i = 0; i < 50; i += 1, count += 1) {
          const text = `${start}~${salt}~${count}`;
          if (sha256(text)[0] >>> (32 - bits) === 0) {
            field.value = text;
            for (const tell of done) tell();
            return;
          }
        }
      }
      setTimeout(slice);
    };
    slice();
    return (tell) => { if (field.value) tell(); else done.push(tell); };
  };
  for (const field of document.querySelectorAll("input[name=proof][data-bits]")) {
    let when = null;
    const begin = () => { when = when || work(field); };
    field.form.addEventListener("focusin", begin);
    field.form.addEventListener("submit", (event) => {
      if (field.value) return;
      event.preventDefault(); // sent when the work is done, a moment later
      const { submitter } = event;
      begin();
      when(() => field.form.requestSubmit(submitter));
    });
  }
})();
