"""The page Course figures: the tutorial's figures as a gallery, to take away."""
