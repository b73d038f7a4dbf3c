import { startIndex } from "./index-page.ts";
import { startRoom } from "./room.ts";

const { classList } = document.body;
if (classList.contains("room-page")) startRoom();
if (classList.contains("index-page")) startIndex();
