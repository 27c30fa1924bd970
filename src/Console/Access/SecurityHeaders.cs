namespace ContestPipeline.WebConsole.Access;

/// <summary>
/// What every answer tells browsers: no script at all, styles of our own only, nobody frames a page, nothing is kept in a cache.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next, ConsoleOptions options)
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private const string OneYear = "max-age=31536000; includeSubDomains";

    public Task Invoke(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()";
        headers.CacheControl = "no-store";
        if (options.IsLive) headers.StrictTransportSecurity = OneYear;
        return next(context);
    }
}
