"""At run time: plan tables, the controller that chooses from them, bandwidth traces."""
