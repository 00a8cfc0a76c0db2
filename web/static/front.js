// A printed code opened with a phone's own camera leads here with its digits in the fragment: hand them to the scan page.
if (location.hash.length > 1) location.replace("/verify" + location.hash);
