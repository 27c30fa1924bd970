using System.Text.Json;
using System.Text.Json.Serialization;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ContestPipeline.Payout.Http;

/// <summary>Bodies of requests are read strictly: what is missing, unknown or of another kind is refused in words.</summary>
public static class StrictBodies
{
    public static void AddStrictBodies(this IServiceCollection services)
    {
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            json.SerializerOptions.TypeInfoResolverChain.Add(WireJson.Options.TypeInfoResolver!);
        });
    }

    /// <returns>What is wrong with a request, for its caller: a sentence without names of types.</returns>
    public static string Words(BadHttpRequestException bad) => bad.InnerException is JsonException json
        ? $"The body does not fit: {JsonFault.Sentence(json)}." : JsonFault.Parameter(bad.Message);
}
