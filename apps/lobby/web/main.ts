import { startIndex } from "./index/start-index.ts";
import { startRoom } from "./room/start-room.ts";

const { classList } = document.body;
if (classList.contains("room-page")) startRoom();
if (classList.contains("index-page")) startIndex();
