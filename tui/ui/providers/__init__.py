"""The provider list and the provider form."""
