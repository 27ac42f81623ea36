/**
 * The contracts between the agent and its parts. A plug-in implements a {@link org.millrace.api.Source}, {@link
 * org.millrace.api.Channel}, {@link org.millrace.api.Sink}, {@link org.millrace.api.Interceptor}, {@link
 * org.millrace.api.ChannelSelector} or {@link org.millrace.api.SinkProcessor}, and a {@link org.millrace.api.ComponentFactory} that reads its {@link
 * org.millrace.api.Settings}; the agent finds the factory through {@link java.util.ServiceLoader}. Start reading there. Parts of ours that a
 * plug-in may bring are in {@link org.millrace.api.part}.
 */
@NullMarked
package org.millrace.api;

import org.jspecify.annotations.NullMarked;
