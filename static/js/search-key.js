// "/" leads to the field that carries data-search-key.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = document.querySelector("[data-search-key]");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
});
