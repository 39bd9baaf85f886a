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

  function blank(width, height) {
    // The document of a frame may have taken the place of a blank one in the same window.
    const canvas = window.document.createElement("canvas");
    [canvas.width, canvas.height] = [width, height];
    return [canvas, canvas.getContext("2d", { alpha: false })];
  }

  // The strip with all its blocks of one brightness. A picture is put together of two of these: to paint it pixel by pixel took the
  // script of a document that has just been loaded most of the processor time of a call.
  function strips(mean) {
    const { textureSize: size, texture } = strip;
    const [tile, square] = blank(2 * size, 2 * size);
    const grey = (value) => `rgb(${value} ${value} ${value})`;
    square.fillStyle = grey(mean - texture);
    square.fillRect(0, 0, 2 * size, 2 * size);
    square.fillStyle = grey(mean + texture);
    square.fillRect(0, 0, size, size);
    square.fillRect(size, size, size, size);
    const [canvas, context] = blank(width, Math.floor(height / strip.share));
    context.fillStyle = context.createPattern(tile, "repeat");
    context.fillRect(0, 0, canvas.width, canvas.height);
    return canvas;
  }

  function paintCode(context, code, [dark, light]) {
    const [wide, high] = [width / strip.columns, dark.height / strip.rows];
    context.drawImage(dark, 0, 0);
    for (let block = 0; block < code.length; block++) {
      if (code[block] !== "1") continue;
      const [x, y] = [(block % strip.columns) * wide, Math.floor(block / strip.columns) * high];
      context.drawImage(light, x, y, wide, high, x, y, wide, high);
    }
  }

  // Below the code, for people: a colour by peer, and a bar that moves.
  function play() {
    const [canvas, context] = blank(width, height);
    const brightnesses = [strip.dark, strip.light].map(strips);
    let place = 0;
    const draw = () => {
      const code = bits[place];
      context.fillStyle = code ? tint : "black";
      context.fillRect(0, 0, width, height);
      if (code) {
        paintCode(context, code, brightnesses);
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
