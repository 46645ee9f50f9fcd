"""Layers of a procedural orthophoto: each module paints one kind of land cover on a `Canvas`."""
