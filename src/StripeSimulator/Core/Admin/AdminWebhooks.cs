using System.Globalization;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>The operator between Stripe and the receivers of its webhooks.</summary>
internal sealed class AdminWebhooks(Books books, WebhookEndpointOperations endpoints)
{
    /// <returns>Null when the command is none about webhooks.</returns>
    public SimResponse? Execute(string[] segments, AdminBody body, DateTimeOffset at) => segments switch
    {
        ["webhooks"] => Settings(body),
        ["webhooks", "faults"] => Fault(body),
        ["webhooks", "faults", "clear"] => ClearFaults(),
        ["webhook_endpoints", var id, "roll"] => endpoints.Roll(id, at.ToUnixTimeSeconds()),
        ["events", var id, "resend"] => Resend(id, at),
        ["deliveries", var sequence, "report"] => Report(sequence, body, at),
        _ => null,
    };

    private SimResponse Settings(AdminBody body)
    {
        if (body.Whole("retry_first_ms") is { } ms) books.Deliveries.RetryFirst = TimeSpan.FromMilliseconds(Math.Max(1, ms));
        return StripeState.Ok(new { retry_first_ms = (long)books.Deliveries.RetryFirst.TotalMilliseconds });
    }

    private SimResponse Fault(AdminBody body)
    {
        var plan = books.Deliveries.Faults;
        if (body.Whole("seed") is { } seed) plan.Seed(unchecked((ulong)seed));
        if (body.Text("kind") is not { } kind) return StripeState.Ok(AdminOperations.Listed(plan));
        return WebhookFault.All.Contains(kind, StringComparer.Ordinal)
            ? AdminOperations.Ordered(plan, body.Text("type") ?? "*", kind, body)
            : AdminOperations.Refused($"kind must be one of {string.Join(", ", WebhookFault.All)}");
    }

    private SimResponse ClearFaults()
    {
        books.Deliveries.Faults.Clear();
        return StripeState.Ok(AdminOperations.Listed(books.Deliveries.Faults));
    }

    /// <summary>To everyone who wants events of that type now, whether or not they have it.</summary>
    private SimResponse Resend(string id, DateTimeOffset at)
    {
        if (books.Events.Find(id) is not { } happened) return StripeErrors.NoSuch("event", id);
        foreach (var endpoint in books.WebhookEndpoints.All.Where(endpoint => endpoint.Wants(happened)))
            books.Deliveries.Resend(id, endpoint.Id, at);
        return StripeState.Ok(new { id, open = books.Deliveries.OpenFor(id) });
    }

    /// <summary>What the sender says of a delivery, so that a restart knows it too.</summary>
    private SimResponse Report(string sequence, AdminBody body, DateTimeOffset at)
    {
        if (!long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return AdminOperations.Refused("no such delivery");
        books.Deliveries.Report(number, body.Whole("status") is >= 200 and < 300, at);
        return StripeState.Ok(new { delivered = books.Deliveries.DeliveredCount });
    }
}
