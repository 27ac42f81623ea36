/** Tests of what measures. */
@NullMarked
package org.millrace.bench;

import org.jspecify.annotations.NullMarked;
