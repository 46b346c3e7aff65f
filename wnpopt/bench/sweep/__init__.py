"""A sweep over fields of one's own instance: its points, a resumable batch over them, its table and its picture."""
