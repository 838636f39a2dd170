// The form of a printed card: user name and code of its QR code stand behind «#», which no server receives.
const [username, code] = decodeURIComponent(window.location.hash.slice(1)).split('/');

for (const [name, value] of Object.entries({ username, code })) {
  const field = document.querySelector(`input[name="${name}"]`);
  if (field && value && !field.value) field.value = value;
}
if (code) window.history.replaceState(null, '', window.location.pathname);
