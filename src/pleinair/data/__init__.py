"""FEED: folders of pictures become packs, and packs feed training with crops. No PyTorch in here."""
