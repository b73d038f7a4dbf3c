import { route, urlRouter, type HttpApplication } from "@lobby/channels";
import { index, room } from "./views.ts";

export const urls: HttpApplication = urlRouter([route("/", index), route("/:room_name/", room)]);
