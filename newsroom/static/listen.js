// Reads a page's sentences aloud with the browser's own voice, the one being read marked. Shown only where there is a voice.
"use strict";
(() => {
  const speech = window.speechSynthesis;
  if (!speech || !window.SpeechSynthesisUtterance) return;

  const language = (element) => element.closest("[lang]").lang.toLowerCase();
  const voiceFor = (wanted) => {
    const voices = speech.getVoices();
    const same = (voice) => voice.lang.toLowerCase().replace("_", "-");
    return voices.find((voice) => same(voice) === wanted) ||
      voices.find((voice) => same(voice).split("-")[0] === wanted.split("-")[0]);
  };

  class Reader {
    constructor(bar) {
      this.bar = bar;
      [this.go, this.stop] = bar.querySelectorAll("button");
      this.place = -1; // of the sentence that is read; -1: none
      this.go.addEventListener("click", () => this.press());
      this.stop.addEventListener("click", () => this.end());
    }
    sentences() {
      const all = document.getElementById(this.bar.dataset.listen).querySelectorAll(".said, span[id^='s']");
      return [...all].filter((one) => !one.closest("details:not([open])") && voiceFor(language(one)));
    }
    show() {
      this.bar.hidden = this.sentences().length === 0;
    }
    press() {
      if (this.place < 0) {
        if (active) active.end();
        active = this;
        this.list = this.sentences();
        this.read(0);
      } else if (speech.paused) {
        speech.resume();
        this.label(true);
      } else {
        speech.pause();
        this.label(false);
      }
    }
    read(place) {
      this.mark(false);
      if (place >= this.list.length) return this.end();
      this.place = place;
      const element = this.list[place];
      const said = new SpeechSynthesisUtterance(element.textContent.replace(/[[\]]/g, ""));
      said.lang = language(element);
      said.voice = voiceFor(said.lang);
      said.onend = () => { if (this.place === place) this.read(place + 1); };
      said.onerror = () => { if (this.place === place) this.end(); };
      this.mark(true);
      this.label(true);
      this.stop.hidden = false;
      speech.speak(said);
    }
    mark(isRead) {
      const element = this.list && this.list[this.place];
      if (!element) return;
      element.classList.toggle("read-aloud", isRead);
      if (isRead) element.scrollIntoView({ block: "nearest" });
    }
    label(isReading) {
      this.go.textContent = isReading ? this.go.dataset.pause : this.go.dataset.go;
    }
    end() {
      this.mark(false);
      this.place = -1;
      this.label(false);
      this.stop.hidden = true;
      active = null;
      speech.cancel();
    }
  }

  let active = null;
  const readers = [...document.querySelectorAll("[data-listen]")].map((bar) => new Reader(bar));
  const show = () => readers.forEach((reader) => reader.show());
  show(); // some browsers know their voices at once, others tell later
  speech.addEventListener("voiceschanged", show);
  window.addEventListener("pagehide", () => active && active.end());
})();
