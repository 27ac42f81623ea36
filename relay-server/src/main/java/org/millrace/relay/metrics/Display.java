package org.millrace.relay.metrics;

import org.millrace.api.Component;
import org.millrace.api.ComponentMetrics;
import org.millrace.api.SinkGroupMetrics;

/** Shows figures of parts that come and go. One thread. */
public interface Display extends Component {
    /** From now on, or from the start on, the part's figures are shown. */
    void show(ComponentMetrics component);

    /** The same for a sink group. */
    void show(SinkGroupMetrics group);

    /** They are no longer shown. */
    void hide(ComponentMetrics component);

    /** The same for a sink group. */
    void hide(SinkGroupMetrics group);

    /** Shows nothing. */
    Display NONE = new Display() {
        @Override
        public void show(ComponentMetrics component) {
            // to nobody
        }

        @Override
        public void show(SinkGroupMetrics group) {
            // to nobody
        }

        @Override
        public void hide(ComponentMetrics component) {
            // nothing was shown
        }

        @Override
        public void hide(SinkGroupMetrics group) {
            // nothing was shown
        }

        @Override
        public void start() {
            // nothing to show
        }

        @Override
        public void close() {
            // nothing was shown
        }
    };
}
