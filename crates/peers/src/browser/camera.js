// The camera of a browser that plays no file. getUserMedia is asked as it is, with all that it may refuse; then the track of its
// camera is replaced by one of a canvas, on which pictures with the frame code are painted.
//
// config: { width, height, rate, codes, tint, strip: { columns, rows, share, light, dark, texture, textureSize } }; a code is 64 bits in
// hexadecimal, or null for a black picture.
(config) => {
  if (!window.MediaDevices) return; // not in a secure context
  const { width, height, rate, codes, tint, strip } = config;
  // As they are before the page can change them.
  const { setInterval, clearInterval } = window;
  const bits = codes.map((code) => code && [...code].map((digit) => parseInt(digit, 16).toString(2).padStart(4, "0")).join(""));

  function paintCode(picture, code) {
    const pixels = new Uint32Array(picture.data.buffer);
    for (let y = 0; y < picture.height; y++) {
      const row = Math.floor((y * strip.rows) / picture.height) * strip.columns;
      for (let x = 0; x < width; x++) {
        const mean = code[row + Math.floor((x * strip.columns) / width)] === "1" ? strip.light : strip.dark;
        const raised = (Math.floor(x / strip.textureSize) + Math.floor(y / strip.textureSize)) % 2 === 0;
        const grey = raised ? mean + strip.texture : mean - strip.texture;
        pixels[y * width + x] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
      }
    }
  }

  // Below the code, for people: a colour by peer, and a bar that moves.
  function play() {
    // The document of a frame may have taken the place of a blank one in the same window.
    const canvas = window.document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d", { alpha: false });
    const top = context.createImageData(width, Math.floor(height / strip.share));
    let place = 0;
    const draw = () => {
      const code = bits[place];
      context.fillStyle = code ? tint : "black";
      context.fillRect(0, 0, width, height);
      if (code) {
        paintCode(top, code);
        context.putImageData(top, 0, 0);
        context.fillStyle = "white";
        context.fillRect((place * width) / bits.length, (height * 2) / 3, 16, height / 6);
      }
      place = (place + 1) % bits.length;
    };
    draw();
    const timer = setInterval(draw, 1000 / rate);
    return { track: canvas.captureStream(rate).getVideoTracks()[0], end: () => clearInterval(timer) };
  }

  // What the page is given says of itself what the camera says, but for the size.
  function instead(camera) {
    const { track, end } = play();
    const { label } = camera;
    const settings = { ...camera.getSettings(), width, height, frameRate: rate };
    const { stop } = track;
    Object.defineProperty(track, "label", { get: () => label });
    track.getSettings = () => ({ ...settings });
    track.stop = function () {
      end();
      camera.stop();
      stop.call(this);
    };
    return track;
  }

  const { getUserMedia } = MediaDevices.prototype;
  MediaDevices.prototype.getUserMedia = async function (...args) {
    const stream = await getUserMedia.apply(this, args);
    for (const camera of stream.getVideoTracks()) {
      stream.removeTrack(camera);
      stream.addTrack(instead(camera));
    }
    return stream;
  };
}
