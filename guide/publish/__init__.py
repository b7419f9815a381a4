"""What leaves the guide in other shapes than a page: QR codes and the drawn map. No Flask here."""
