package org.millrace.relay.metrics;

import com.codahale.metrics.Gauge;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import org.millrace.api.ComponentMetrics;

/** A component's figures as the JMX bean that Flume has for it: {@code org.apache.flume.source:type=r1} and the like. Read only. */
final class FlumeBean implements DynamicMBean {
    private final ComponentMetrics metrics;
    private final Readings readings = new Readings();

    FlumeBean(ComponentMetrics metrics) {
        this.metrics = metrics;
    }

    ObjectName objectName() {
        String domain = "org.apache.flume." + metrics.kind().name().toLowerCase(Locale.ROOT);
        try {
            return new ObjectName(domain + ":type=" + quotedIfNeeded(metrics.component()));
        } catch (MalformedObjectNameException e) {
            throw new IllegalArgumentException("component name: " + metrics.component(), e);
        }
    }

    /** JMX gives {@code , = : " * ?} a meaning; Flume fails to register such a name. */
    private static String quotedIfNeeded(String name) {
        return name.chars().anyMatch(c -> ",=:\"*?\n".indexOf(c) >= 0) ? ObjectName.quote(name) : name;
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException {
        Gauge<?> gauge = metrics.flumeAttributes().get(name);
        if (gauge == null) {
            throw new AttributeNotFoundException(name);
        }
        return gauge.getValue();
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        Map<String, Gauge<?>> gauges = metrics.flumeAttributes();
        AttributeList values = new AttributeList();
        for (String name : names) {
            Gauge<?> gauge = gauges.get(name);
            if (gauge != null) {
                readings.read(titleOf(name), gauge, value -> values.add(new Attribute(name, value)));
            }
        }
        return values;
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException(attribute.getName() + " is read only");
    }

    @Override
    public AttributeList setAttributes(AttributeList attributes) {
        return new AttributeList();
    }

    @Override
    public Object invoke(String action, Object[] parameters, String[] signature) throws ReflectionException {
        throw new ReflectionException(new NoSuchMethodException(action));
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        List<MBeanAttributeInfo> attributes = new ArrayList<>();
        metrics.flumeAttributes()
                .forEach((name, gauge) -> readings.read(
                        titleOf(name),
                        gauge,
                        value ->
                                attributes.add(new MBeanAttributeInfo(name, typeOf(value), name, true, false, false))));
        String description = metrics.kind() + "." + metrics.component();
        return new MBeanInfo(
                FlumeBean.class.getName(),
                description,
                attributes.toArray(MBeanAttributeInfo[]::new),
                null,
                null,
                null);
    }

    private String titleOf(String attribute) {
        return metrics.kind() + "." + metrics.component() + " " + attribute;
    }

    private static String typeOf(Object value) {
        if (value instanceof Boolean) {
            return "boolean";
        }
        if (value instanceof Integer) {
            return "int";
        }
        return value instanceof Double ? "double" : value instanceof Number ? "long" : String.class.getName();
    }
}
