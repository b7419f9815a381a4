"""What leaves the house in other shapes than a page: QR codes and the drawn map. No Flask here."""
