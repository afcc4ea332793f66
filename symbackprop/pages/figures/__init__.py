"""Neutral drawings of networks and curves, laid out in points from plain parts that the caller hands over."""

from symbackprop.pages.figures.curve import Mark, Scale, draw_curve
from symbackprop.pages.figures.looks import Look
from symbackprop.pages.figures.network import draw_network, draw_network_looks
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
    "Look",
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
    "draw_network_looks",
    "write_numbers",
]
