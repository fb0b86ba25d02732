"""The lecture: views of the laboratories as scenes, in an order, and how a hall gets them."""
