"""The portal itself: the ground under the rooms and the roof over them."""
