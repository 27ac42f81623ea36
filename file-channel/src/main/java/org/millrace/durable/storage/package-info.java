/**
 * What the log asks of a disk: {@link org.millrace.durable.storage.Storage} is a directory, {@link
 * org.millrace.durable.storage.StorageFile} a file.
 */
@NullMarked
package org.millrace.durable.storage;

import org.jspecify.annotations.NullMarked;
