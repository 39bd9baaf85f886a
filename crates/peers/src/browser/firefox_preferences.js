// What holds of some preferences, asked in a window of the browser itself.
(names) => {
  const { prefs } = Services;
  const value = (name) => {
    switch (prefs.getPrefType(name)) {
      case prefs.PREF_BOOL: return prefs.getBoolPref(name);
      case prefs.PREF_INT: return prefs.getIntPref(name);
      case prefs.PREF_STRING: return prefs.getStringPref(name);
      default: return null;
    }
  };
  return Object.fromEntries(names.map((name) => [name, value(name)]));
}
