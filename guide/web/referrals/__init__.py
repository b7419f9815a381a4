"""The fiche-relais on screen: sent, received, on paper, and what the person it is about may see."""
