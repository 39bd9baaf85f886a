const seen = [];
const connection = new RTCPeerConnection();
const gathered = new Promise((resolve) => {
  connection.onicecandidateerror = ({ errorText }) => seen.push(`icecandidateerror: ${errorText}`);
  connection.onicegatheringstatechange = () => {
    seen.push(`iceGatheringState: ${connection.iceGatheringState}`);
    if (connection.iceGatheringState === "complete") resolve(null);
  };
  connection.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) resolve(candidate.candidate);
  };
});
connection.createDataChannel("tincan");
// For whom it takes too long: without any network a browser goes on gathering until there is one.
window[Symbol.for("tincan.gathering")] = () => {
  connection.close();
  return { title: document.title, candidate: null, seen };
};
return (async () => {
  await connection.setLocalDescription();
  const candidate = await gathered;
  connection.close();
  return { title: document.title, candidate, seen };
})();
