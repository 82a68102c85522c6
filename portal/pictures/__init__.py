"""Pictures: decoded and written anew, and as visible as what shows them."""
