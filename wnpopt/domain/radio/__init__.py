"""OFDM radio: numerology, path loss, fading, rates, and the bits that a link carries per resource block and
slot."""
