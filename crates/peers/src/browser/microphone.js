// The microphone of a browser that plays no file. getUserMedia is asked as it is, with all that it may refuse; then the track of its
// microphone is replaced by one on which tones with the sound code are played.
//
// config: { words, symbolMs, edgeMs, amplitude }; a word is its symbols, each the frequencies that sound in it, or null for silence.
(config) => {
  if (!window.MediaDevices) return; // not in a secure context
  const { words, symbolMs, edgeMs, amplitude } = config;
  const { AudioContext } = window; // as it is before the page can change it

  function playSymbol(samples, frequencies, rate) {
    const edge = (rate * edgeMs) / 1000;
    for (let index = 0; index < samples.length; index++) {
      const toEdge = Math.min(index, samples.length - 1 - index);
      const envelope = toEdge < edge ? 0.5 - 0.5 * Math.cos((Math.PI * toEdge) / edge) : 1;
      let sum = 0;
      for (const frequency of frequencies) sum += Math.sin((2 * Math.PI * frequency * index) / rate);
      samples[index] = amplitude * envelope * sum;
    }
  }

  // All words once, to be played in a loop.
  function record(context) {
    const rate = context.sampleRate;
    const symbol = Math.round((rate * symbolMs) / 1000);
    const symbols = words.find(Boolean)?.length ?? 1;
    const buffer = context.createBuffer(1, symbol * symbols * words.length, rate);
    const samples = buffer.getChannelData(0);
    words.forEach((word, place) => word?.forEach((frequencies, position) => {
      const start = (place * symbols + position) * symbol;
      playSymbol(samples.subarray(start, start + symbol), frequencies, rate);
    }));
    return buffer;
  }

  // What the page is given says of itself what the microphone says.
  function instead(microphone) {
    const context = new AudioContext();
    const player = new AudioBufferSourceNode(context, { buffer: record(context), loop: true });
    const destination = context.createMediaStreamDestination();
    player.connect(destination);
    player.start();
    const [track] = destination.stream.getAudioTracks();
    const { label } = microphone;
    const settings = microphone.getSettings();
    const { stop } = track;
    Object.defineProperty(track, "label", { get: () => label });
    track.getSettings = () => ({ ...settings });
    track.stop = function () {
      context.close();
      microphone.stop();
      stop.call(this);
    };
    return track;
  }

  const { getUserMedia } = MediaDevices.prototype;
  MediaDevices.prototype.getUserMedia = async function (...args) {
    const stream = await getUserMedia.apply(this, args);
    for (const microphone of stream.getAudioTracks()) {
      stream.removeTrack(microphone);
      stream.addTrack(instead(microphone));
    }
    return stream;
  };
}
