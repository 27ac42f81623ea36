package org.millrace.api;

/** Takes events in and hands them to its {@link Inlet}. Close returns once no more events will come and those handed in are settled. */
public interface Source extends Component {}
