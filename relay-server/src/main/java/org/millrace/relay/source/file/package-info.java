/** What the sources that read files have in common: looking at bytes, and telling files apart. */
@NullMarked
package org.millrace.relay.source.file;

import org.jspecify.annotations.NullMarked;
