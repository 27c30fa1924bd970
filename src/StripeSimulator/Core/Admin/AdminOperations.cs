using System.Text.Json;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>What an operator can do to the simulator. Parameters are JSON.</summary>
internal sealed class AdminOperations(
    Books books, AllOperations operations, IdempotencyKeys keys, RateLimiter limiter, FaultPlan faults)
{
    private readonly AdminMoney money = new(books, operations);
    private readonly AdminAccounts accounts = new(books, operations);
    private readonly AdminWebhooks webhooks = new(books, operations.Webhooks);

    /// <summary>How far the simulated clock runs ahead.</summary>
    public TimeSpan ClockOffset { get; private set; }

    public SimResponse Execute(SimRequest request)
    {
        AdminBody body;
        try
        {
            body = new(JsonSerializer.Deserialize<JsonElement>(request.Parameters.Length == 0 ? "{}" : request.Parameters));
        }
        catch (JsonException failure)
        {
            return Refused(failure.Message);
        }

        var segments = request.Path.Split('/')[2..];
        var now = request.At.ToUnixTimeSeconds();
        return segments switch
        {
            ["clock"] => Clock(body),
            ["keys"] => Keys(body),
            ["limits"] => Limits(body),
            ["faults"] => AddFaults(body),
            ["faults", "clear"] => ClearFaults(),
            _ => money.Execute(segments, body, now)
                ?? accounts.Execute(segments, body, now)
                ?? webhooks.Execute(segments, body, request.At)
                ?? StripeErrors.UnknownUrl(request.Method, request.Path),
        };
    }

    public static SimResponse Refused(string message) => StripeErrors.Invalid("admin", message);

    private SimResponse Clock(AdminBody body)
    {
        var advanceSeconds = body.Whole("advance_seconds") ?? 0;
        if (advanceSeconds < 0) return Refused("the clock does not run backwards");
        ClockOffset += TimeSpan.FromSeconds(advanceSeconds);
        return StripeState.Ok(new { offset_seconds = (long)ClockOffset.TotalSeconds });
    }

    private SimResponse Keys(AdminBody body)
    {
        if (body.Whole("retention_hours") is { } hours) keys.Retention = TimeSpan.FromHours(hours);
        if (body.IsTrue("forget")) keys.Forget();
        return StripeState.Ok(new { retention_hours = (long)keys.Retention.TotalHours });
    }

    private SimResponse Limits(AdminBody body)
    {
        limiter.EndpointPerSecondMax = (int)(body.Whole("endpoint_per_second_max") ?? limiter.EndpointPerSecondMax);
        limiter.GlobalPerSecondMax = (int)(body.Whole("global_per_second_max") ?? limiter.GlobalPerSecondMax);
        return StripeState.Ok(new { endpoint_per_second_max = limiter.EndpointPerSecondMax,
            global_per_second_max = limiter.GlobalPerSecondMax });
    }

    private SimResponse AddFaults(AdminBody body)
    {
        if (body.Whole("seed") is { } seed) faults.Seed(unchecked((ulong)seed));
        if (body.Text("kind") is not { } kind) return StripeState.Ok(Listed(faults));
        if (!FaultKind.All.Contains(kind)) return Refused($"kind must be one of {string.Join(", ", FaultKind.All)}");
        var endpoint = body.Text("endpoint") ?? "*";
        if (endpoint != "*" && !Routes.EndpointNames.Contains(endpoint))
            return Refused($"endpoint must be * or one of {string.Join(", ", Routes.EndpointNames)}");
        return Ordered(faults, endpoint, kind, body);
    }

    private SimResponse ClearFaults()
    {
        faults.Clear();
        return StripeState.Ok(Listed(faults));
    }

    internal static SimResponse Ordered(FaultPlan plan, string name, string kind, AdminBody body)
    {
        var percent = (int)(body.Whole("percent") ?? 0);
        if (percent is < 0 or > 100) return Refused("percent must be between 0 and 100");
        plan.Add(name, kind, (int)(body.Whole("delay_ms") ?? 0), (int)(body.Whole("count") ?? 1), percent);
        return StripeState.Ok(Listed(plan));
    }

    internal static object Listed(FaultPlan plan) => new
    {
        orders = plan.Orders.Select(order => new
        {
            id = order.Id, endpoint = order.Endpoint, kind = order.Kind, delay_ms = order.DelayMs, remaining = order.Remaining,
            percent = order.Percent,
        }),
    };
}
