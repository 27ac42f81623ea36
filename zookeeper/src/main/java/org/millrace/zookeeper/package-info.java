/** Configurations in ZooKeeper, as Flume's {@code --zkConnString} has them: a node for each agent, watched for changes. */
@NullMarked
package org.millrace.zookeeper;

import org.jspecify.annotations.NullMarked;
