/** What {@code docs/client.md} shows, and that it runs. */
@NullMarked
package org.millrace.example;

import org.jspecify.annotations.NullMarked;
