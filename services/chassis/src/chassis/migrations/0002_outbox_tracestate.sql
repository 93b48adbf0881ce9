-- The rest of the W3C trace context, beside traceparent: what tracing systems of others added.
ALTER TABLE outbox ADD COLUMN tracestate text;
ALTER TABLE outbox_rejected ADD COLUMN tracestate text;
