"""A map drawn by the server: `drawing` puts marks and names on the streets, `svg` makes a file of it. Pure.

An even projection is true enough over three kilometres. The measures are units of the drawing, whose width
is 720: on a telephone of 360 pixels a unit is 0.45 of a pixel, and sizes are chosen for that.
"""
