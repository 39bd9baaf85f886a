const [deadline] = arguments;
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
  // Without any network a browser goes on gathering until there is one.
  AbortSignal.timeout(deadline).onabort = () => resolve(null);
});
connection.createDataChannel("tincan");
return (async () => {
  await connection.setLocalDescription();
  const candidate = await gathered;
  connection.close();
  return { title: document.title, candidate, seen };
})();
