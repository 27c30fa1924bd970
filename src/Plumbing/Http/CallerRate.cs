using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Plumbing;

/// <summary>
/// So many requests of one caller a minute: a token bucket each. A route that says <c>DisableRateLimiting</c> (health) is outside
/// it.
/// </summary>
public static class CallerRate
{
    private const int NetworkBytes = 8;

    /// <param name="services">Of the web application; it calls <c>UseRateLimiter</c>.</param>
    /// <param name="perMinute">Requests; an unused minute saves no more than one minute's worth.</param>
    /// <param name="caller">Who asks.</param>
    public static void AddCallerRate(
        this IServiceCollection services, int perMinute, Func<HttpContext, string> caller) => services.AddRateLimiter(limiter =>
    {
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(
            context => RateLimitPartition.GetTokenBucketLimiter(caller(context), _ => Bucket(perMinute)));
        limiter.OnRejected = (context, _) => TooFast(context, perMinute);
    });

    /// <summary>
    /// Where a request comes from; behind <see cref="TrustedProxies"/> the address that they forward. Of IPv6 the first 64 bits:
    /// a customer is given at least as many addresses (RFC 6177).
    /// </summary>
    public static string Address(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address) return "address:none";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return $"address:{address}";
        var network = address.GetAddressBytes();
        network.AsSpan(NetworkBytes).Clear();
        return $"network:{new IPAddress(network)}";
    }

    private static TokenBucketRateLimiterOptions Bucket(int perMinute) => new()
    {
        TokenLimit = perMinute,
        TokensPerPeriod = Math.Max(1, perMinute / 60),
        ReplenishmentPeriod = perMinute >= 60 ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1) / perMinute,
        QueueLimit = 0,
    };

    private static ValueTask TooFast(OnRejectedContext context, int perMinute)
    {
        var seconds = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
            ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
        context.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return new ValueTask(Results.Problem(
            $"At most {perMinute} requests a minute. Try again in {seconds} s.", statusCode: StatusCodes.Status429TooManyRequests,
            title: "Too many requests")
            .ExecuteAsync(context.HttpContext));
    }
}
