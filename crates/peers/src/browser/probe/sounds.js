// What is heard of the remote sound: the tones of a word, as `Ear` in the harness hears them.

const { AudioContext, AnalyserNode } = window; // as they are before the page can change them
const LOOK_EVERY_MS = 20;
const HEARING_MS = 10_000; // by then an AudioContext runs, or never does
const RING = 32768; // the most samples that an AnalyserNode keeps: two thirds of a second

let hearing = null; // what hears, in a call that has sound
const heardTracks = new WeakSet();

const isHearing = () => !sound || hearing?.context.state === "running";

// No sound is made: what is heard goes nowhere.
function startHearing() {
  if (!sound || hearing) return;
  hearing = { context: new AudioContext(), timers: [] };
  hearing.context.addEventListener("statechange", lookAgain);
  hearing.timers.push(setTimeout(() => {
    const { state } = hearing.context;
    if (!isHearing()) harnessError("hear the remote sound", `an AudioContext is ${state} after ${HEARING_MS / 1000} s`, "see whether the browser can play sound on this machine");
  }, HEARING_MS));
}

function stopHearing() {
  hearing?.timers.forEach(clearInterval);
  hearing?.context.close().catch(() => {});
}

// A person hears what an element plays: a track that the page puts into none is not heard.
function watchSound() {
  const played = remoteVideo()?.srcObject?.getAudioTracks?.() ?? [];
  for (const track of played) {
    if (!hearing || heardTracks.has(track)) continue;
    heardTracks.add(track);
    listenTo(track);
  }
}

// An AnalyserNode keeps the last samples, so none is missed between two looks, also if one comes late. There is no event for samples
// but that of ScriptProcessorNode, which is deprecated; the module of an AudioWorklet is refused by the policy of many pages.
function listenTo(track) {
  const { context, timers } = hearing;
  const analyser = new AnalyserNode(context, { fftSize: RING });
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const hear = ear(context.sampleRate);
  const samples = new Float32Array(RING);
  let heard = Math.round(context.currentTime * context.sampleRate);
  timers.push(setInterval(() => {
    const end = Math.round(context.currentTime * context.sampleRate);
    if (end === heard || stopped) return;
    analyser.getFloatTimeDomainData(samples);
    hear(samples.subarray(RING - Math.min(end - heard, RING)), now());
    heard = end;
  }, LOOK_EVERY_MS));
}

// Takes samples, of which the last is heard at `end`.
function ear(rate) {
  const [window, hop] = [sound.windowMs, sound.hopMs].map((ms) => Math.floor((rate * ms) / 1000));
  const groups = [sound.positions, ...sound.bands].map((group) => group.map((frequency) => 2 * Math.cos((2 * Math.PI * frequency) / rate)));
  const weights = Float32Array.from({ length: window }, (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / window));
  const weighted = new Float32Array(window);
  const follow = speller();
  let waiting = new Float32Array(0);

  // Goertzel.
  function power(twice) {
    let [last, before] = [0, 0];
    for (let index = 0; index < window; index++) {
      const next = weighted[index] + twice * last - before;
      before = last;
      last = next;
    }
    return last * last + before * before - twice * last * before;
  }

  // Which of the frequencies is the loudest, and its part of their power.
  function loudest(group) {
    const powers = group.map(power);
    const most = Math.max(...powers);
    return { tone: powers.indexOf(most), part: most / powers.reduce((sum, one) => sum + one, Number.MIN_VALUE) };
  }

  function look(samples) {
    let sum = 0;
    for (let index = 0; index < window; index++) {
      sum += samples[index] ** 2;
      weighted[index] = samples[index] * weights[index];
    }
    if (Math.sqrt(sum / window) < sound.loud) return { silent: true };
    const [position, ...tones] = groups.map(loudest);
    const clear = Math.min(position.part, ...tones.map(({ part }) => part));
    if (clear < sound.clear) return {};
    return { position: position.tone, tones: tones.map(({ tone }) => tone), clear };
  }

  return (samples, end) => {
    const all = new Float32Array(waiting.length + samples.length);
    all.set(waiting);
    all.set(samples, waiting.length);
    let start = 0;
    for (; all.length - start >= window; start += hop) {
      const middle = all.length - start - window / 2;
      follow(look(all.subarray(start, start + window)), end - (middle / rate) * 1000);
    }
    waiting = all.slice(start);
  };
}

// Puts words together of what is heard at each look, and writes them down; where there is none for long, what there is instead.
function speller() {
  let word = []; // of each symbol how clear it was at its best, and what it says
  let position = null; // which symbol is being heard
  let began = null; // since when there is a sound that was not told
  let told = null;
  let loud = false;

  function tell(heard, at) {
    write("sound", { began: began ?? at, ...heard }, at);
    told = at;
    loud = false;
  }

  function take(look, at) {
    began ??= at;
    if (look.position !== position) {
      if (look.position === 0 || look.position !== word.length) word = [];
      position = look.position;
      // A word that was not heard from its first symbol on is none.
      if (position === word.length) word.push(look);
    } else if (word[position] && word[position].clear < look.clear) {
      word[position] = look;
    }
  }

  return (look, at) => {
    told ??= at;
    if (!loud && !look.silent) told = at; // from here on it is sound that may be a word
    loud ||= !look.silent;
    const since = told;
    const last = sound.positions.length - 1;
    const ended = look.position !== position && position === last && word.length === last + 1;
    if (ended) {
      tell({ heard: "word", tones: word.flatMap(({ tones }) => tones) }, at);
      [position, began] = [null, null];
    }
    if (look.silent) [position, began] = [null, null];
    else if (look.tones) take(look, at);
    if (!ended && at - since >= sound.patienceMs) tell({ heard: loud ? "noise" : "silence" }, at);
  };
}
