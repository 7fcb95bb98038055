// A link with data-seek plays from there in the page's own player; without this it opens the
// recording at that time.
const player = document.querySelector("audio.player");

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-seek]");
  if (!link || !player || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  player.currentTime = Number(link.dataset.seek);
  player.play();
  player.focus();
});
