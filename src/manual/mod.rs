//! The manual: how the house is built, for those who read or change it.
