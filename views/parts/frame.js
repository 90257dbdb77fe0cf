// "/" anywhere outside a field goes to the search, as the hint in it says.
export default function () {
  if (window.explorerSlash) return;
  window.explorerSlash = true;
  document.addEventListener("keydown", (event) => {
    const at = document.activeElement;
    const typing = at && (at.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(at.tagName));
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = document.querySelector(".st-key-frame-search input");
    if (field) {
      event.preventDefault();
      field.focus();
    }
  });
}
