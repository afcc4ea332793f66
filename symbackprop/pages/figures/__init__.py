"""Neutral drawings of networks and curves, laid out in points from plain parts that the caller hands over."""

from symbackprop.pages.figures.curve import Mark, Scale, draw_curve
from symbackprop.pages.figures.network import draw_network
from symbackprop.pages.figures.parts import Edge, Factor, Node, NodeShape, Spot
from symbackprop.pages.figures.shapes import (
    Anchor,
    Box,
    Disc,
    Drawing,
    Label,
    Point,
    Polyline,
    Segment,
    Shape,
    Tone,
    write_numbers,
)

__all__ = [
    "Anchor",
    "Box",
    "Disc",
    "Drawing",
    "Edge",
    "Factor",
    "Label",
    "Mark",
    "Node",
    "NodeShape",
    "Point",
    "Polyline",
    "Scale",
    "Segment",
    "Shape",
    "Spot",
    "Tone",
    "draw_curve",
    "draw_network",
    "write_numbers",
]
